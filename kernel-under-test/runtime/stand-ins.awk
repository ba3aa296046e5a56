# SPDX-License-Identifier: GPL-2.0-only
# docs/stand-ins.md from constants.c and seam_constants.c:
#	awk -f stand-ins.awk constants.c seam_constants.c >docs/stand-ins.md
#
# A comment in front of a function is its reason, and that of the functions behind it
# up to the next comment. A function begins at the margin with its type and ends with
# a brace there; declarations end with a semicolon.

BEGIN {
	print "# Stand-ins"
	print ""
	print "Imports of the hosted kernels that a constant answers, each with the reason why that is the right answer. An import"
	print "that is neither here nor provided otherwise is refused when it is called: the run ends with its name."
	print ""
	print "This page is made from the comments of `kernel-under-test/runtime/constants.c` and `seam_constants.c`:"
	print "`cd kernel-under-test/runtime && awk -f stand-ins.awk constants.c seam_constants.c >../../docs/stand-ins.md`"
	print ""
	print "| Import | Answer | Kernels | Reason |"
	print "|---|---|---|---|"
}

FNR == 1 {
	reason = kernels = ""
	inside = comment = 0
}

/^#if .*KUT_BEFORE/ {
	since = /!KUT_BEFORE/
	match($0, /[0-9]+, [0-9]+/)
	version = substr($0, RSTART, RLENGTH)
	sub(/, /, ".", version)
	kernels = (since ? "since " : "before ") version
}
/^#else/ { kernels = (since ? "before " : "since ") version }
/^#endif/ { kernels = "" }

# Behind the file's own comment come its includes.
/^#include/ { reason = "" }

/^\/\*/ {
	reason = ""
	comment = 1
}
comment {
	text = $0
	sub(/^ ?\/?\*\/? ?/, "", text)
	sub(/ ?\*\/$/, "", text)
	reason = reason (reason == "" || text == "" ? "" : " ") text
	if (/\*\/$/)
		comment = 0
	next
}

/^[a-z].*[a-z0-9_]\(.*[^;]$/ {
	name = $0
	sub(/\(.*/, "", name)
	sub(/.*[ *]/, "", name)
	answer = ""
}
/^{/ { inside = 1 }
inside && /^\t/ {
	text = $0
	sub(/^\t(return )?/, "", text)
	sub(/;$/, "", text)
	answer = answer (answer == "" ? "" : "; ") "`" text "`"
}
/^}/ {
	if (reason == "") {
		print FILENAME ": " name "() has no reason in front of it" >"/dev/stderr"
		failed = 1
	}
	printf "| `%s` | %s | %s | %s |\n", name, answer == "" ? "nothing" : answer,
		kernels == "" ? "all" : kernels, reason
	inside = 0
}

END { exit failed }
