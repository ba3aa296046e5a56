-- SPDX-License-Identifier: MIT
-- The first step: boot Linux on a machine with an SMMUv3 and see that its
-- own driver finds it.

local m = machine { dts = "virt-pcie", cpus = 2, ram = "256M", smmu = { ssidsize = 8 } }
local k = kernel { { "6.12", "5.10", "7" } }

case("the arm-smmu-v3 driver probes the SMMU", function()
	expect.log(k:since(7) and "arm%-smmu%-v3 .*: oas 48%-bit" or "arm%-smmu%-v3 .*: ias 48%-bit, oas 48%-bit")
	expect.log "allocated %d+ entries for cmdq"
	expect.log "allocated %d+ entries for evtq"
end)

case("the kernel's own test of its page tables passes", function()
	if k:since(7) then skip "a KUnit suite since Linux 7, no longer part of the boot" end
	expect.log "selftest: completed with %d+ PASS 0 FAIL"
end)

case("both DMA devices are bound to their driver, behind the SMMU", function()
	local DMA, DMA_FQ = 0x3, 0xb -- IOMMU_DOMAIN_DMA, IOMMU_DOMAIN_DMA_FQ
	for _, name in ipairs { "dma0", "dma1" } do
		local domain = m:device(name):domain()
		expect.equal(domain == DMA or domain == DMA_FQ, true, name .. " is in a DMA domain")
	end
end)
