#!/bin/bash
# make_certificates.sh: writes certificates.h, with new certificates and keys for
# tests. They are valid from 2020 to 2120.
#
#   tests/tools/make_certificates.sh > tests/tools/certificates.h

set -euo pipefail
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
exec 3>&1
cd "$folder"

cat > ca.conf << 'END'
[ca]
default_ca = test
[test]
new_certs_dir = .
database = index
default_md = sha256
policy = any
rand_serial = yes
unique_subject = no
[any]
commonName = supplied
[root]
basicConstraints = critical, CA:true
[leaf]
basicConstraints = critical, CA:false
subjectAltName = DNS:cart.internal
END
: > index

# make NAME SECTION ISSUER: makes NAME.pem and NAME.key.
make() {
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -keyout "$1.key" -out "$1.csr" -subj "/CN=Fusebox test $1" 2> /dev/null
  local issuer=(-cert "$3.pem" -keyfile "$3.key")
  if [[ $1 == "$3" ]]; then issuer=(-selfsign -keyfile "$1.key"); fi
  openssl ca -batch -notext -config ca.conf -extensions "$2" "${issuer[@]}" \
    -startdate 20200101000000Z -enddate 21200101000000Z \
    -in "$1.csr" -out "$1.pem" 2> /dev/null
}
make root root root
make stranger root stranger
make server leaf root
make client leaf root

# literal NAME FILE COMMENT
literal() {
  printf '\n// %s\ninline constexpr char %s[] =\n    R"(' "$3" "$1" >&3
  cat "$2" >&3
  printf ')";\n' >&3
}
cat >&3 << 'END'
// certificates.h: certificates and keys for tests with TLS.
//
// make_certificates.sh has made this file. The keys protect nothing.

#ifndef FUSEBOX_TESTS_TOOLS_CERTIFICATES_H_
#define FUSEBOX_TESTS_TOOLS_CERTIFICATES_H_

namespace fusebox {
END
literal kRoot root.pem 'The root that has signed the server and the client.'
literal kStranger stranger.pem 'A root that has signed neither.'
literal kServerCert server.pem 'For the name cart.internal.'
literal kServerKey server.key 'The private key of kServerCert.'
literal kClientCert client.pem 'A client.'
literal kClientKey client.key 'The private key of kClientCert.'
cat >&3 << 'END'

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_TOOLS_CERTIFICATES_H_
END
