-- SPDX-License-Identifier: MIT
-- A machine that tells of itself by ACPI: the IORT brings the SMMU up, and its driver
-- goes its ACPI way.

local m = machine { cpus = 2, firmware = "acpi", smmu = { ssidsize = 8 } }
local k = kernel { { "6.12-acpi", "5.10-acpi", "7-acpi" }, cmdline = "iommu.strict=1" }

case("the arm-smmu-v3 driver probes the SMMU that the IORT names", function()
	expect.log "arm%-smmu%-v3 arm%-smmu%-v3%.0%.auto: .*oas 48%-bit"
	expect.log "allocated %d+ entries for cmdq"
end)
