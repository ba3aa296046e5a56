/* SPDX-License-Identifier: MIT */
/* The Lua half of the scenario API, as text. */
	.section .rodata
	.globl scn_sandbox_lua, scn_sandbox_lua_end
	.globl scn_api_lua, scn_api_lua_end, scn_nested_lua, scn_nested_lua_end
	.globl scn_case_lua, scn_case_lua_end
	.globl scn_pci_lua, scn_pci_lua_end, scn_smmu_lua, scn_smmu_lua_end
scn_sandbox_lua:
	.incbin "sandbox.lua"
scn_sandbox_lua_end:
	.byte 0
scn_api_lua:
	.incbin "api.lua"
scn_api_lua_end:
	.byte 0
scn_nested_lua:
	.incbin "nested.lua"
scn_nested_lua_end:
	.byte 0
scn_pci_lua:
	.incbin "pci.lua"
scn_pci_lua_end:
	.byte 0
scn_case_lua:
	.incbin "case.lua"
scn_case_lua_end:
	.byte 0
scn_smmu_lua:
	.incbin "smmu.lua"
scn_smmu_lua_end:
	.byte 0
	.section .note.GNU-stack, "", @progbits
