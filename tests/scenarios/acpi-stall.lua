-- SPDX-License-Identifier: MIT
-- The IORT says of a device that it may stall, on an SMMU that can: the driver has nobody to ask about
-- the fault and ends the transaction with CMD_RESUME, abort.
-- Not on 5.10, whose driver lets no platform device stall.

local m = machine { firmware = "acpi", dts = "can-stall.dts", cpus = 2, smmu = { stall = true } }
local k = kernel { { "6.12-acpi", "7-acpi" }, cmdline = "iommu.strict=1" }

case("a fault is held until the driver aborts it", function()
	local dev = m:device "dma0"
	local r = expect.abort(dev:write(0x5000, "x"))
	expect.equal(r.stalled, true, "the transaction was held")
	expect.event { "F_TRANSLATION", sid = dev.sid, stall = true, rnw = false, addr = 0x5000 }
	local buf = dev:map("4K")
	expect.ok(dev:write(buf.iova, "x"))
	buf:free()
end)

case("a device that may not stall is answered at once", function()
	local dev = m:device "dma1"
	local r = expect.abort(dev:write(0x5000, "x"))
	expect.equal(r.stalled, false, "the transaction was held")
	expect.event { "F_TRANSLATION", sid = dev.sid, stall = false, addr = 0x5000 }
end)
