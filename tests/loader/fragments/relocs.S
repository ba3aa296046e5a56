/* SPDX-License-Identifier: MIT */
/* One place for each relocation type, under a name of its own. */
	.data
	.globl target, at_64, at_32, at_pc32, at_abs
	.balign 16
	.skip 16
target:
	.quad 0
at_64:
	.quad target + 8
at_32:
	.long target + 4
at_pc32:
	.long target - .
at_abs:
	.quad absolute

	.text
	.globl at_32s, at_plt32
	mov $(target - 4), %rax
	.set at_32s, . - 4
	call far_function
	.set at_plt32, . - 4

	.globl far_function
	.section .text.far, "ax"
far_function:
	ret

	.globl absolute
	.set absolute, 0x123456789abcdef0
	.section .note.GNU-stack, "", @progbits
