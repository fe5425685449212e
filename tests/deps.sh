#!/bin/sh
# Names the Debian packages that are missing for a purpose (build, test, bench, ci) and installs them.
# usage: tests/deps.sh build|test|bench|ci
set -eu

build="gcc libc6-dev make libgammu-dev libcurl4-openssl-dev libsqlite3-dev libconfig-dev
libmicrohttpd-dev libexpat1-dev libjansson-dev libutf8proc-dev libsodium-dev libsystemd-dev libseccomp-dev tzdata ca-certificates
python3"
test="$build libcmocka-dev gammu gammu-smsd nghttp2-server openssl"
bench="$test valgrind wrk"
ci="$test systemd kannel kannel-extras clang clang-tidy cppcheck mandoc binutils git valgrind chromium chromium-driver python3-selenium"

case "${1:-}" in
build) want=$build ;;
test) want=$test ;;
bench) want=$bench ;;
ci) want=$ci ;;
*)
	echo "usage: $0 build|test|bench|ci" >&2
	exit 64
	;;
esac

missing=
for p in $want; do
	[ "$(dpkg-query -W -f '${Status}' "$p" 2>/dev/null)" = "install ok installed" ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

echo "Kujdestar needs these Debian packages:$missing"
as=
if [ "$(id -u)" -ne 0 ]; then
	if command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
		as=sudo
	else
		echo "Install them first:"
		echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing"
		exit 69
	fi
fi
echo "Installing them with apt-get."
$as apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as apt-get install -y -qq --no-install-recommends $missing
