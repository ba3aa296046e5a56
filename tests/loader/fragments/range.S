/* SPDX-License-Identifier: MIT */
/* 32-bit relocations against a symbol that the test defines; -DSIGNED or not. */
	.data
	.quad 0
#ifdef SIGNED
	.text
	.nops 3
	mov $limit, %rax
#else
	.long limit
#endif
	.section .note.GNU-stack, "", @progbits
