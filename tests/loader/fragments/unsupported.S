/* SPDX-License-Identifier: MIT */
/* R_X86_64_PC64 (24): not among the five types. */
	.data
	.long 0
	.quad elsewhere - .
	.section .note.GNU-stack, "", @progbits
