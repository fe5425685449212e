#!/bin/sh
# Static checks over the sources given as arguments; any finding fails.
set -u
bad=0
say() {
	echo "lint: $*"
	bad=1
}

# Functions with a safer sibling here, and time and output outside their one home.
banned='\b(atoi|atol|sprintf|vsprintf|strcpy|strcat|strtok|gets|sscanf|system|popen|localtime|gmtime|strncpy|alloca)[[:space:]]*\('
grep -nE "$banned" "$@" && say "banned function"
grep -nE '\b(time|clock_gettime|gettimeofday)[[:space:]]*\(' "$@" |
	grep -vE '^gateway/(hub/(clock|log)|modem/(mono|pause)|courier/courier)\.c:' && say "time outside gateway/hub/clock.c"
grep -nE '\b(TODO|FIXME|XXX|HACK)\b' "$@" && say "left mark"

if command -v cppcheck >/dev/null; then
	cppcheck -q -j"$(nproc)" --std=c11 --enable=warning,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem --library=posix --error-exitcode=1 -I. -D__linux__ "$@" ||
		say "cppcheck"
fi
if command -v clang-tidy >/dev/null; then
	printf '%s\n' "$@" | xargs -P "$(nproc)" -n 8 clang-tidy --quiet \
		--warnings-as-errors='*' 2>/dev/null -- -- -std=c11 -D_GNU_SOURCE -I. \
		-I/usr/include/gammu >build/tidy.out || { cat build/tidy.out; say "clang-tidy"; }
fi
if command -v gcc >/dev/null; then
	printf '%s\n' "$@" | grep -E '^(parser|store|config)/' |
		xargs -P "$(nproc)" -I{} gcc -std=c11 -D_GNU_SOURCE -I. -O1 -fanalyzer -Werror \
			-Wno-analyzer-too-complex -c {} -o /dev/null || say "gcc -fanalyzer"
fi
if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning gateway/kujdestar.8 config/kujdestar.cfg.5 || say "mandoc"
fi
[ "$bad" -eq 0 ] && echo "lint: clean"
exit "$bad"
