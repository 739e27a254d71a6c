"""sbom.py: writes and checks the SPDX 2.3 document of a release.

    python3 sbom.py write ARCHIVE VERSION TIME    prints the document
    python3 sbom.py check DOCUMENT                exits with 1 if it is not valid

The document depends on nothing but the archive, TIME, and the versions of the
Debian packages that this machine has.
"""

import hashlib
import json
import re
import subprocess
import sys
import tarfile

# What Fusebox needs: the name, its license, the Debian package that has it, and
# how Fusebox uses it.
DEPENDENCIES = [
    ("abseil-cpp", "Apache-2.0", "libabsl-dev", "DEPENDENCY_OF"),
    ("cli11", "BSD-3-Clause", "libcli11-dev", "OPTIONAL_DEPENDENCY_OF"),
    ("cpp-httplib", "MIT", "libcpp-httplib-dev", "OPTIONAL_DEPENDENCY_OF"),
    ("grpc", "Apache-2.0", "libgrpc++-dev", "DEPENDENCY_OF"),
    ("nlohmann-json", "MIT", "nlohmann-json3-dev", "BUILD_DEPENDENCY_OF"),
    ("prometheus-cpp", "MIT", "prometheus-cpp-dev", "OPTIONAL_DEPENDENCY_OF"),
    ("protobuf", "BSD-3-Clause", "libprotobuf-dev", "DEPENDENCY_OF"),
    ("utf8-cpp", "BSL-1.0", "libutfcpp-dev", "BUILD_DEPENDENCY_OF"),
    ("utf8proc", "MIT", "libutf8proc-dev", "OPTIONAL_DEPENDENCY_OF"),
]


def debian_version(package):
    """Returns the version of an installed Debian package, or None."""
    try:
        return subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", package],
            check=True, capture_output=True, text=True).stdout or None
    except (OSError, subprocess.CalledProcessError):
        return None


def upstream(version):
    """1:3.21.12-3+b1 -> 3.21.12"""
    return re.sub(r"[+~](ds|dfsg).*$", "", version.split(":")[-1].rsplit("-", 1)[0])


def checksums(data):
    return [{"algorithm": "SHA1", "checksumValue": hashlib.sha1(data).hexdigest()},
            {"algorithm": "SHA256", "checksumValue": hashlib.sha256(data).hexdigest()}]


def files_of(archive):
    files = []
    with tarfile.open(archive) as tar:
        for member in sorted(tar.getmembers(), key=lambda it: it.name):
            if not member.isfile():
                continue
            files.append({
                "SPDXID": "SPDXRef-File-%d" % (len(files) + 1),
                "fileName": "./" + member.name.split("/", 1)[1],
                "checksums": checksums(tar.extractfile(member).read()),
                "licenseConcluded": "Apache-2.0",
                "licenseInfoInFiles": ["NOASSERTION"],
                "copyrightText": "NOASSERTION",
            })
    return files


def package(spdx_id, name, license_id, **more):
    return {"SPDXID": spdx_id, "name": name, "downloadLocation": "NOASSERTION",
            "licenseConcluded": license_id, "licenseDeclared": license_id,
            "copyrightText": "NOASSERTION", **more}


def relationship(element, kind, related):
    return {"spdxElementId": element, "relationshipType": kind,
            "relatedSpdxElement": related}


def document(archive, version, time):
    with open(archive, "rb") as file:
        data = file.read()
    files = files_of(archive)
    sha1s = sorted(file["checksums"][0]["checksumValue"] for file in files)
    own = "SPDXRef-Package-fusebox"
    packages = [package(
        own, "fusebox", "Apache-2.0", versionInfo=version,
        packageFileName=archive.rsplit("/", 1)[-1], checksums=checksums(data),
        primaryPackagePurpose="LIBRARY", filesAnalyzed=True,
        licenseInfoFromFiles=["NOASSERTION"],
        packageVerificationCode={"packageVerificationCodeValue":
                                 hashlib.sha1("".join(sha1s).encode()).hexdigest()})]
    relationships = [relationship("SPDXRef-DOCUMENT", "DESCRIBES", own)]
    relationships += [relationship(own, "CONTAINS", file["SPDXID"]) for file in files]
    for name, license_id, debian, kind in DEPENDENCIES:
        spdx_id = "SPDXRef-Package-" + name
        more = {"filesAnalyzed": False}
        installed = debian_version(debian)
        if installed:
            more["versionInfo"] = upstream(installed)
            more["externalRefs"] = [{
                "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                "referenceLocator": "pkg:deb/debian/%s@%s" % (
                    debian.replace("+", "%2B"),
                    installed.replace(":", "%3A").replace("+", "%2B"))}]
        packages.append(package(spdx_id, name, license_id, **more))
        relationships.append(relationship(spdx_id, kind, own))
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "fusebox-" + version,
        # A name, as SPDX asks for. It leads nowhere.
        "documentNamespace": "https://fusebox.invalid/spdx/fusebox-%s-%s" % (
            version, hashlib.sha256(data).hexdigest()),
        "creationInfo": {"created": time, "creators": ["Tool: fusebox-scripts-release"]},
        "packages": packages,
        "files": files,
        "relationships": relationships,
    }


def problems(spdx):
    """Yields what SPDX 2.3 requires and the document does not have."""
    def lacking(what, element, fields):
        for field in fields:
            if not element.get(field):
                yield "%s lacks %s" % (what, field)

    yield from lacking("the document", spdx, [
        "spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace",
        "creationInfo", "packages", "files", "relationships"])
    if spdx.get("spdxVersion") != "SPDX-2.3" or spdx.get("dataLicense") != "CC0-1.0":
        yield "the version must be SPDX-2.3 and the data license CC0-1.0"
    created = spdx.get("creationInfo", {}).get("created", "")
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", created):
        yield "created must be a time in UTC, is " + repr(created)
    ids = ["SPDXRef-DOCUMENT"]
    for one in spdx.get("packages", []):
        ids.append(one.get("SPDXID", ""))
        yield from lacking(ids[-1], one, ["SPDXID", "name", "downloadLocation",
                                          "versionInfo"])
    for one in spdx.get("files", []):
        ids.append(one.get("SPDXID", ""))
        yield from lacking(ids[-1], one, ["SPDXID", "fileName", "checksums"])
        if {"SHA1", "SHA256"} != {it["algorithm"] for it in one.get("checksums", [])}:
            yield ids[-1] + " must have a SHA1 and a SHA256"
    for one in ids:
        if not re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", one):
            yield "no valid identifier: " + repr(one)
    if len(set(ids)) != len(ids):
        yield "two elements have the same identifier"
    for one in spdx.get("relationships", []):
        yield from lacking("a relationship", one, [
            "spdxElementId", "relationshipType", "relatedSpdxElement"])
        for end in ("spdxElementId", "relatedSpdxElement"):
            if one.get(end) not in ids:
                yield "a relationship names %r, which is not there" % one.get(end)


def main(arguments):
    if arguments[:1] == ["write"] and len(arguments) == 4:
        json.dump(document(*arguments[1:]), sys.stdout, indent=1)
        print()
        return 0
    if arguments[:1] == ["check"] and len(arguments) == 2:
        with open(arguments[1], encoding="utf-8") as file:
            found = list(problems(json.load(file)))
        for problem in found:
            print("sbom: " + problem, file=sys.stderr)
        return 1 if found else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
