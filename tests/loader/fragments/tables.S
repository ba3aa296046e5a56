/* SPDX-License-Identifier: MIT */
/* The sections of a kernel object that the loader must order or bound. */

	/* Initcalls, in an order of the file that is not the kernel's. */
	.macro initcall level, name
	.section .initcall\level\().init, "a"
	.long \name - .
	.text
	.globl \name
	.type \name, @function
\name:
	ret
	.size \name, . - \name
	.endm

	initcall 7s, last
	initcall rootfs, mount_root
	initcall 6, device_first
	initcall 6, device_second
	initcall 5s, fs_sync
	initcall 0, pure
	initcall early, earliest
	initcall 1s, core_sync
	initcall 7, late

	/* Per-CPU data: the kernel's order is page_aligned, read_mostly, plain, shared_aligned. */
	.section .data..percpu..shared_aligned, "aw"
	.balign 64
	.globl pcpu_shared, pcpu_plain, pcpu_page, use_percpu
pcpu_shared:
	.quad 4
	.section .data..percpu, "aw"
pcpu_plain:
	.quad 3
	.section .data..percpu..page_aligned, "aw"
	.balign 4096
pcpu_page:
	.quad 1
	.text
use_percpu:
	mov %gs:pcpu_plain, %rax
	ret

	/* Devicetree table: 200-byte entries, aligned to 8; the sentinel wants 32. */
	.section __reservedmem_of_table_end, "a"
	.balign 32
	.globl sentinel
sentinel:
	.skip 200
	.section __reservedmem_of_table, "a"
	.balign 8
	.globl first_match
first_match:
	.skip 200, 0x11

	.section .pci_fixup_header, "a"
	.balign 16
	.globl fixup_header
fixup_header:
	.skip 48
	.section .kut_ops, "aw"
	.balign 8
	.globl kut_op
kut_op:
	.skip 32
	.section my_set, "a"
	.globl my_entry
my_entry:
	.quad 5, 6
	.section .spinlock.text, "ax"
	.globl lock_function
lock_function:
	ret
	.section .data
	.globl set_bounds
set_bounds:
	.quad __start_my_set, __stop_my_set

	/* Where a fault at fault_here continues. */
	.text
	.globl fault_here, fault_fixup
fault_here:
	nop
fault_fixup:
	ret
	.globl fault_old /* as before Linux 5.17 */
fault_old:
	nop
	.section __ex_table, "a"
	.balign 4
	.long fault_fixup - ., fault_here - ., 1
	.long fault_here - ., fault_fixup - ., 0x30005
	.long fault_old - ., fault_fixup - ., ex_handler_copy - .
	.section .note.GNU-stack, "", @progbits
