# shellcheck shell=bash
# setup.sh: the packages Fusebox is built from, and functions that install and
# build, for the scripts here.
#
#   source scripts/lib/setup.sh   # afterwards $root is the checkout's folder
#
# A script then sets by_hand: what to type where the script cannot go on.

# What building takes, and what tests and benchmarks take besides: Debian's
# names.
build_packages=(
  g++ cmake ninja-build ccache
  libgrpc++-dev protobuf-compiler-grpc
  libprotobuf-dev protobuf-compiler libabsl-dev
  nlohmann-json3-dev libutfcpp-dev libcli11-dev libcpp-httplib-dev
  libutf8proc-dev pkg-config
  prometheus-cpp-dev
)
test_packages=(
  libgtest-dev libgmock-dev librapidcheck-dev spin valgrind prometheus chromium
)
# From wherever they are.
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  test_packages+=(nodejs npm)
fi
# shellcheck disable=SC2034  # scripts here use it
bench_packages=(libbenchmark-dev)
# Where packages have other names: the commands to look for.
tools=(c++ cmake ninja ccache protoc grpc_cpp_plugin)

by_hand=''
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
logs=$root/build/logs

# What one checkout compiled serves the next one.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root} CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR:-1}

say() { printf '== %s\n' "$*"; }

# how_to PACKAGE...: how to go on by hand.
how_to() {
  cat >&2 <<TEXT

To install by hand, on Debian 12 as root:
  apt-get update
  apt-get install --no-install-recommends $*
Elsewhere, the same by your system's names: a C++17 compiler, CMake 3.25,
Ninja, ccache, gRPC C++ 1.51 or newer with its protoc plugin, Protobuf,
Abseil, nlohmann-json, UTF8-CPP, CLI11, cpp-httplib, utf8proc, pkg-config,
prometheus-cpp;
GoogleTest, RapidCheck, Spin, Valgrind, Prometheus, Chromium, Node.js and npm
for the tests; Google Benchmark for the benchmarks.
Then run this again, or by hand:
  cd $root
  $by_hand
TEXT
}

# logged NAME COMMAND...: runs it with its output in a log that is shown, its
# end only, if the command fails.
logged() {
  local log=$logs/$1.log
  shift
  mkdir -p "$logs"
  if ! "$@" </dev/null 2>&1 | follow "$log"; then
    printf '\nfailed: %s\nThe end of %s:\n' "$*" "$log" >&2
    tail -n 25 "$log" >&2
    return 1
  fi
}

# follow LOG: writes what it reads to LOG. On a terminal it shows the latest
# line in place, elsewhere a line every ten seconds.
follow() {
  local line next=$((SECONDS + 10))
  while IFS= read -r line; do
    line=${line%$'\r'}
    printf '%s\n' "$line"
    line=${line##*$'\r'}
    if [[ -t 2 ]]; then
      printf '\r\e[K   %.70s' "$line" >&2
    elif ((SECONDS >= next)); then
      printf '   %.70s\n' "$line" >&2
      next=$((SECONDS + 10))
    fi
  done >"$1"
  if [[ -t 2 ]]; then printf '\r\e[K' >&2; fi
}

# install_missing PACKAGE...: installs those that Debian's dpkg does not know
# as installed. Where it cannot, it goes on if the tools are there anyway.
install_missing() {
  local package tool found why='' missing=() lacking=() as_root=()
  found=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null) || true
  for package; do
    [[ $'\n'$found$'\n' == *$'\n'"$package installed"$'\n'* ]] || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then return; fi

  if ! command -v apt-get >/dev/null; then
    why='there is no apt-get here'
  elif [[ ! $(cat /etc/debian_version 2>/dev/null) =~ ^(1[2-9]|[2-9][0-9])(\.|$) ]]; then
    why='this is not Debian 12 or newer'
  elif ((EUID != 0)); then
    as_root=(sudo)
    # A password can be asked for only where there is someone to type it.
    if [[ ! -t 0 || -n ${CI-} ]]; then as_root+=(-n); fi
    if ! command -v sudo >/dev/null; then
      why='you are not root and there is no sudo'
    elif [[ ${as_root[*]} == *-n ]] && ! sudo -n true 2>/dev/null; then
      why='you are not root and sudo wants a password'
    fi
  fi

  if [[ -n $why ]]; then
    for tool in "${tools[@]}"; do
      command -v "$tool" >/dev/null || lacking+=("$tool")
    done
    if ((${#lacking[@]} == 0)); then
      say "Installing nothing ($why); trying what is here"
      return
    fi
    echo "Commands missing: ${lacking[*]}" >&2
    echo "They cannot be installed from here: $why." >&2
    how_to "${missing[@]}"
    return 1
  fi

  say "Installing ${missing[*]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get -y -o DPkg::Lock::Timeout=300)
  # One source that is down need not matter; if it does, the install fails.
  logged apt-update "${apt[@]}" update || true
  if ! logged apt-install "${apt[@]}" install --no-install-recommends "${missing[@]}"; then
    how_to "${missing[@]}"
    return 1
  fi
}

# install_playwright: what the test of the dashboard's page steers Chromium by,
# below build/, unless it is there.
install_playwright() {
  local from=$root/tests/dashboard to=$root/build/dashboard
  if [[ -d $to/node_modules/playwright-core ]] &&
    cmp -s "$from/package-lock.json" "$to/package-lock.json"; then return; fi
  say 'Installing playwright-core'
  mkdir -p "$to"
  cp "$from/package.json" "$from/package-lock.json" "$to"
  if ! logged playwright npm ci --prefix "$to" --ignore-scripts --no-audit --no-fund; then
    rm -f "$to/package-lock.json"
    return 1
  fi
}

# build PRESET TARGET [CMAKE-ARGUMENT...]: configures, then builds, under the
# command in launcher if there is one.
launcher=()
build() {
  local preset=$1 target=$2
  shift 2
  # Nobody debugs there: line numbers are enough.
  if [[ -n ${CI-} ]]; then set -- "$@" -DCMAKE_CXX_FLAGS_DEBUG=-g1; fi
  say "Configuring $preset"
  if ! logged "configure-$preset" cmake -S "$root" --preset "$preset" "$@"; then
    how_to "${build_packages[@]}" "${test_packages[@]}"
    return 1
  fi
  say "Building $preset: $target"
  "${launcher[@]}" cmake --build "$root/build/$preset" --target "$target" --parallel "$(nproc)"
}
