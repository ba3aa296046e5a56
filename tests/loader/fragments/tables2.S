/* SPDX-License-Identifier: MIT */
/* More entries for the tables of tables.S, from a second object. */
	.section .initcall6.init, "a"
	.long device_third - .
	.text
	.globl device_third
	.type device_third, @function
device_third:
	ret
	.size device_third, . - device_third
	.section .pci_fixup_header, "a"
	.balign 16
	.skip 16
	.section __reservedmem_of_table, "a"
	.balign 8
	.skip 200, 0x22
	.section .data..percpu, "aw"
	.balign 8
	.globl pcpu_second
pcpu_second:
	.quad 5
	.section .note.GNU-stack, "", @progbits
