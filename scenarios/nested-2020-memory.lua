-- SPDX-License-Identifier: MIT
-- The nested set-up series of 2020 (docs/tutorial-2020.md): what domains and devices
-- leave behind in the kernel's memory. Runs on plain 5.10, too, where nothing is left.

local m = machine { dts = "virt-several", cpus = 2, smmu = { ssidsize = 8 } }
local k = kernel { { "5.10-nested-2020", "5.10" }, cmdline = "iommu.strict=1" }
local dev, pci = m:device "dma0", m:device "pci1"
local series = k.name == "5.10-nested-2020"
local RAM = 0x40000000

local function guest_case(what, known, fn)
	if fn == nil then known, fn = {}, known end
	case(what, known, function()
		if not series then skip "this kernel has no nesting of this kind" end
		fn()
	end)
end

guest_case("a guest whose table is detached leaves nothing", function()
	expect.no_leak(function()
		local guest = dev:nested { s2 = { [RAM] = "64K" } }
		guest:attach_table { config = "bypass" }
		guest:destroy()
	end)
end)

guest_case("a guest that goes with its table leaves nothing",
	{ xfail = "arm_smmu_domain_free() frees the stage 2 part of a domain, and not the stage 1 part", shows = "arm_smmu_attach_pasid_table" },
	function()
	expect.no_leak(function() dev:nested { s2 = { [RAM] = "64K" } }:destroy() end)
end)

guest_case("MSI bindings leave nothing", function()
	expect.no_leak(function()
		local guest = dev:nested { s2 = { [RAM] = "64K" }, attach = false }
		guest:bind_msi(0xfee00000, 0x8001000)
		guest:bind_msi(0xfee01000, 0x8002000)
		guest:compose_msi()
		guest:free_msi()
		guest:unbind_msi(0xfee00000)
		guest:destroy()
	end)
end)

case("a device that goes and comes leaves nothing", {
	xfail = series and "arm_smmu_domain_free() does not free the stage 1 part: each device that goes leaves its domain's",
	shows = "arm_smmu_domain_finalise" }, function()
	expect.no_leak(function()
		k:sysfs_write("/bus/pci/devices/" .. pci.kernel_name .. "/remove", "1")
		k:sysfs_write("/bus/pci/rescan", "1")
	end, 4)
end)
