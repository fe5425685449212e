#!/bin/sh
# embed.sh - turns migrations (NNNN_name.sql ...) into the C table of store/migrate.h, on stdout.
# Called by the Makefile; needs a POSIX shell, sed and basename.
set -eu

echo '/* Made by store/embed.sh from store/migrations: do not edit. */'
echo '#include "store/migrate.h"'
echo
echo 'const struct migration store_migrations[] = {'
count=0
for file in "$@"; do
	name=$(basename "$file" .sql)
	digits=${name%%_*}
	case $digits in
	'' | *[!0-9]*)
		echo "embed.sh: $file: the name must begin with its number" >&2
		exit 1
		;;
	esac
	number=$(printf '%s\n' "$digits" | sed 's/^0*//')
	count=$((count + 1))
	if [ "${number:-0}" -ne "$count" ]; then
		echo "embed.sh: $file: number $count was expected" >&2
		exit 1
	fi
	printf '\t{ %s, "%s",\n' "$number" "$name"
	# A question mark is escaped too, or two of them could begin a trigraph.
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/?/\\?/g' -e 's/	/\\t/g' \
		-e 's/^/\t  "/' -e 's/$/\\n"/' "$file"
	printf '\t},\n'
done
echo '};'
printf 'const int store_migrations_n = %d;\n' "$count"
