#!/bin/sh
# Fetches the Debian packages of programs that are only measured, and unpacks them: nothing is installed,
# so none of their daemons is started.  usage: peers.sh FOLDER
# Leaves what is not to be had out, and says so; the benchmark then does without.
set -eu
packages="smstools libmm14 libdbd-sqlite3"

mkdir -p "$1"
cd "$1"
for p in $packages; do
	[ -e "$p.done" ] && continue
	if apt-get -qq -o APT::Sandbox::User=root download "$p" >"$p.log" 2>&1 && dpkg -x "$p"_*.deb .; then
		touch "$p.done"
	else
		echo "bench: $p is not to be had here; what it would be measured for is left out"
	fi
done
