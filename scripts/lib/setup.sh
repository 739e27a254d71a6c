# shellcheck shell=bash
# setup.sh: functions for the scripts here, which install packages and build.
#
#   source scripts/lib/setup.sh   # sets $root to the folder of the checkout
#
# A script then sets by_hand to the commands that a user can type if the script
# cannot continue.

# The Debian packages for the build, and further ones for tests and benchmarks.
build_packages=(
  g++ cmake ninja-build ccache
  libgrpc++-dev protobuf-compiler-grpc
  libprotobuf-dev protobuf-compiler libabsl-dev
  nlohmann-json3-dev libutfcpp-dev libcli11-dev libcpp-httplib-dev
  libutf8proc-dev pkg-config
  prometheus-cpp-dev
)
test_packages=(
  libgtest-dev libgmock-dev librapidcheck-dev spin valgrind prometheus
  prometheus-alertmanager chromium
)
# Node.js and npm need not come from Debian.
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  test_packages+=(nodejs npm)
fi
# shellcheck disable=SC2034  # scripts here use it
bench_packages=(libbenchmark-dev)
# The commands that the packages provide, for systems with other package names.
tools=(c++ cmake ninja ccache protoc grpc_cpp_plugin)

by_hand=''
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
logs=$root/build/logs

# One checkout uses what another one compiled.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root} CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR:-1}

# Ends the script because it does not know an argument.
unknown() {
  printf 'unknown: %q; try scripts/%s --help\n' "$1" "${0##*/}" >&2
  exit 2
}

say() { printf '== %s\n' "$*"; }

# how_to PACKAGE...: prints how to continue by hand.
how_to() {
  cat >&2 <<TEXT

To install by hand, on Debian 12 as root:
  apt-get update
  apt-get install --no-install-recommends $*
On other systems, install these under your system's names: a C++17 compiler,
CMake 3.25, Ninja, ccache, gRPC C++ 1.51 or newer with its protoc plugin,
Protobuf, Abseil, nlohmann-json, UTF8-CPP, CLI11, cpp-httplib, utf8proc,
pkg-config and prometheus-cpp. The tests also need GoogleTest, RapidCheck, Spin,
Valgrind, Prometheus, Alertmanager, Chromium, Node.js and npm. The benchmarks also
need Google Benchmark.
Then run this script again, or by hand:
  cd $root
  $by_hand
TEXT
}

# logged NAME COMMAND...: runs the command and writes its output to a log. If the
# command fails, it shows the end of the log.
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

# follow LOG: writes what it reads to LOG. On a terminal it shows the latest line
# in place; otherwise it prints one line every ten seconds.
follow() {
  local line next=$((SECONDS + 10)) in_place=no
  if [[ -t 2 && ${TERM:-dumb} != dumb ]]; then in_place=yes; fi
  while IFS= read -r line; do
    line=${line%$'\r'}
    printf '%s\n' "$line"
    line=${line##*$'\r'}
    if [[ $in_place == yes ]]; then
      printf '\r\e[K   %.70s' "$line" >&2
    elif ((SECONDS >= next)); then
      printf '   %.70s\n' "$line" >&2
      next=$((SECONDS + 10))
    fi
  done >"$1"
  if [[ $in_place == yes ]]; then printf '\r\e[K' >&2; fi
}

# install_missing PACKAGE...: installs the packages that Debian's dpkg does not
# list as installed. If it cannot install them, it continues if the commands in
# $tools exist.
install_missing() {
  local package tool found why='' missing=() lacking=() as_root=()
  found=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null) || true
  for package; do
    [[ $'\n'$found$'\n' == *$'\n'"$package installed"$'\n'* ]] || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then return; fi

  if ! command -v apt-get >/dev/null; then
    why='there is no apt-get here'
  elif [[ ! $(cat /etc/debian_version 2>/dev/null) =~ ^(1[2-9]|[2-9][0-9])(\.|$)|/sid$ ]]; then
    why='this is not Debian 12 or newer'
  elif ((EUID != 0)); then
    as_root=(sudo)
    # sudo can ask for a password only if somebody can type it.
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
      say "Cannot install packages ($why); using what is installed"
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
  # A package source may be down. If that matters, the next command fails.
  logged apt-update "${apt[@]}" update || true
  if ! logged apt-install "${apt[@]}" install --no-install-recommends "${missing[@]}"; then
    how_to "${missing[@]}"
    return 1
  fi
}

# install_playwright: installs playwright-core below build/, unless it is there. The
# test of the dashboard's page controls Chromium with it.
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

# build PRESET TARGET [CMAKE-ARGUMENT...]: configures and builds. If launcher is
# not empty, it is the command that runs the build.
launcher=()
build() {
  local preset=$1 target=$2
  shift 2
  # In CI nobody debugs, so that line numbers are enough.
  if [[ -n ${CI-} ]]; then set -- "$@" -DCMAKE_CXX_FLAGS_DEBUG=-g1; fi
  say "Configuring $preset"
  if ! logged "configure-$preset" cmake -S "$root" --preset "$preset" "$@"; then
    how_to "${build_packages[@]}" "${test_packages[@]}"
    return 1
  fi
  say "Building $preset: $target"
  "${launcher[@]}" cmake --build "$root/build/$preset" --target "$target" --parallel "$(nproc)"
}
