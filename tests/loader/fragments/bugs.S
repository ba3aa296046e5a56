/* SPDX-License-Identifier: MIT */
/*
 * __bug_table with place-relative pointers: -DENTRY=12 as with
 * CONFIG_DEBUG_BUGVERBOSE, 16 with a format in front of the file, 8 without both.
 */
#define CAT_(a, b) a##b
#define CAT(a, b) CAT_(a, b)
#define NAME(n) CAT(CAT(bug, ENTRY), _##n)

	.section .rodata.str1.1, "aMS", @progbits, 1
1:	.asciz "drivers/test.c"
2:	.asciz "format %d"

	.macro bug name, line, flags
	.text
	.globl \name
\name:
	ud2
	.section __bug_table, "aw"
3:	.long \name - .
#if ENTRY == 16
	.long 2b - .
#endif
#if ENTRY >= 12
	.long 1b - .
	.word \line
#endif
	.word \flags
	.org 3b + ENTRY
	.endm

	bug NAME(first), 10, 0
	bug NAME(second), 65535, 0x901
	bug NAME(third), 30, 3
	.section .note.GNU-stack, "", @progbits
