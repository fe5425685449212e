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
	grep -vE '^(gateway/(hub/(clock|log)|modem/(mono|pause)|courier/http|edge/(server|mono))|tests/sim/clock/shift)\.c:' && say "time outside gateway/hub/clock.c"
grep -nE '\b(TODO|FIXME|XXX|HACK)\b' "$@" && say "left mark"

if command -v cppcheck >/dev/null; then
	cppcheck -q -j"$(nproc)" --std=c11 --enable=warning,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem --suppress=readdirCalled --suppress=preprocessorErrorDirective --library=posix --error-exitcode=1 \
		'-Djson_array_foreach(a,i,v)=for((i)=0;((v)=json_array_get((a),(i)));(i)++)' \
		'-Djson_object_foreach(o,k,v)=for((k)=json_first(o);((v)=json_object_get((o),(k)));)' \
		-I. -D__linux__ "$@" || say "cppcheck"
fi
if command -v clang-tidy >/dev/null; then
	# One file a process: with several this release takes started va_lists for uninitialized.
	printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 sh -c 'clang-tidy --quiet --warnings-as-errors="*" "$@" \
		-- -std=c11 -D_GNU_SOURCE -I. -I/usr/include/gammu' sh >build/tidy.out 2>/dev/null ||
		{ cat build/tidy.out; say "clang-tidy"; }
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
