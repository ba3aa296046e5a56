#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Line coverage of a library by its own suites. See usage() below.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
	cat <<'END'
usage: tests/coverage.sh FOLDER PERCENT

Builds the library in FOLDER and the suites of the area of the same name with
gcc --coverage, in build/coverage-FOLDER, and runs them: all but fuzzers and long
ones. Prints the files that are below PERCENT, with the lines that nothing has
executed, and the sum; exit status 1 if that is below. A header's line counts once.
END
}

[ $# -eq 2 ] || {
	usage >&2
	exit 2
}
readonly folder=$1 wanted=$2 build=build/coverage-$1
jobs=$(nproc)

# A tree that was moved is configured anew: CMake keeps absolute paths.
configure() {
	grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$build/CMakeCache.txt" || rm -rf "$build"
	[ -f "$build/Makefile" ] || cmake -S . -B "$build" -G 'Unix Makefiles' \
		-DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE=-O1 \
		-DFAULTLINE_COVERAGE="$folder" >"$build.log" 2>&1 || {
		cat "$build.log" >&2
		return 1
	}
	make -C "$build" -s cmake_check_build_system >"$build.log" # so that `help` is of today
}

# Of the area, as targets; without those of its documents and of the tests' own tools.
suites() {
	make -C "$build" help | sed -n "s/^\.\.\. \(suite-$folder-[^ ]*\)$/\1/p" |
		grep -v -e -fuzz_ -e -long- -e '-coverage$' -e '-owner$' | sort
}

# Whether they pass, `faultline test` says.
run() { # SUITE...
	printf '%s\n' "$@" | sed "s|^suite-$folder-|$build/suites/$folder.|" |
		xargs -P "$jobs" -I{} sh -c '{} >{}.log 2>&1 || echo "{} fails: its lines may be missing"'
}

# Counts per line, of every object: a line is executed if it is in any.
count() {
	find "$build/$folder" -name '*.gcno' -exec gcov -t {} + 2>/dev/null | awk -v "wanted=$wanted" -v "folder=$folder" '
		$0 ~ /^ +-: +0:Source:/ {
			file = substr($0, index($0, "Source:") + 7)
			# not of a source that is gone
			ours = index(file, folder "/") == 1 && (getline text < file) > 0
			close(file)
			next
		}
		!ours { next }
		{
			split($0, part, ":")
			times = part[1]; line = part[2] + 0
			gsub(/ /, "", times)
			if (times == "-" || line == 0)
				next
			key = file ":" line
			if (!(key in known)) {
				known[key] = 1; lines[file]++
				if (line > last[file])
					last[file] = line
			}
			if (times !~ /^[#=]/ && !(key in hit)) {
				hit[key] = 1; hits[file]++
			}
		}
		END {
			for (file in lines) {
				all += lines[file]; done += hits[file]
				if (100 * hits[file] >= wanted * lines[file])
					continue
				missed = ""
				for (line = 1; line <= last[file]; line++)
					if ((file ":" line) in known && !((file ":" line) in hit))
						missed = missed " " line
				printf "%5.1f %% of %4d  %s:%s\n", 100 * hits[file] / lines[file],
					lines[file], file, missed | "sort"
			}
			close("sort")
			if (!all) {
				print folder "/: no lines were counted"
				exit 1
			}
			printf "%s/: lines %.1f %% of %d (wanted %s)\n", folder, 100 * done / all, all, wanted
			exit 100 * done < wanted * all
		}'
}

mkdir -p build
configure
mapfile -t targets < <(suites)
make -C "$build" -s -j"$jobs" "${targets[@]}" >"$build.log" 2>&1 || {
	tail -n 30 "$build.log" >&2
	exit 1
}
find "$build/$folder" -name '*.gcda' -delete
run "${targets[@]}"
count
