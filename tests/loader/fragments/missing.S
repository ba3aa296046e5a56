/* SPDX-License-Identifier: MIT */
/* Imports that nobody provides, called at both parities of the stack. */
	.text
	.globl call_even, call_odd, read_data, call_callback
	.type call_even, @function
call_even:
	sub $8, %rsp
	call absent_function
	ud2
	.type call_odd, @function
call_odd:
	call absent_function
	ud2
	.type read_data, @function
read_data:
	mov absent_data + 64(%rip), %rax
	ret
	.type call_callback, @function
call_callback:
	mov callback(%rip), %rax
	jmp *%rax

	.data
callback:
	.quad absent_callback

	/* Mentioned only where the loader does not look: not an import. */
	.section .discard.addressable, "aw"
	.quad not_wanted
	.section .export_symbol, "a"
	.quad not_wanted_either
	.section .note.GNU-stack, "", @progbits
