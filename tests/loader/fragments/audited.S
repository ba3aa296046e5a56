/* SPDX-License-Identifier: MIT */
/* One function for each instruction that the audit must find, and some that it must not. */
	.macro one name:req, code:vararg
	.globl \name
	.type \name, @function
\name:
	nop
	\code
	ret
	.size \name, . - \name
	.endm

	.text
	one f_cpuid, cpuid
	one f_rdtsc, rdtsc
	one f_in, inb $0x60, %al
	one f_out, outl %eax, %dx
	one f_hlt, hlt
	one f_cli, cli
	one f_pushf, pushfq
	one f_rdmsr, rdmsr
	one f_cr3, mov %cr3, %rax
	one f_dr7, mov %rax, %dr7
	one f_gs, mov %eax, %gs
	one f_invlpg, invlpg (%rax)
	one f_wbinvd, wbinvd
	one f_wbnoinvd, .byte 0xf3, 0x0f, 0x09
	one f_tdcall, .byte 0x66, 0x0f, 0x01, 0xcc
	one f_seamret, .byte 0x66, 0x0f, 0x01, 0xcd
	one f_seamcall, .byte 0x66, 0x0f, 0x01, 0xcf
	one f_vmgexit, .byte 0xf3, 0x0f, 0x01, 0xd9
	one f_pvalidate, .byte 0xf2, 0x0f, 0x01, 0xff
	one f_rmpupdate, .byte 0xf2, 0x0f, 0x01, 0xfe
	one f_psmash, .byte 0xf3, 0x0f, 0x01, 0xff
	one clean_moves, mov %rax, %rbx
	one clean_fence, mfence
	one clean_ud2, ud2
	/* cpuid's bytes inside of an immediate */
	one clean_immediate, mov $0xa20fa20f, %eax

	/* Never executed here. */
	.section .altinstr_replacement, "ax"
	stac
	.section .note.GNU-stack, "", @progbits
