-- SPDX-License-Identifier: MIT
-- Firmware that is wrong: dma0's ID mapping in the IORT leads nowhere. The kernel tells of it, and
-- the device comes up without an SMMU; the other one is not touched by it.

local m = machine { firmware = "acpi", cpus = 2 }
local NAMED_COMPONENT, OUTPUT_REFERENCE = 1, 12

-- IORT nodes: type, 16 bits of length; the ID mappings' offset is at 12.
local function mapping_of(iort, wanted)
	local count, at = string.unpack("<I4I4", iort, 37)
	for _ = 1, count do
		local type, len = string.unpack("<I1I2", iort, at + 1)
		if type == wanted then return at + string.unpack("<I4", iort, at + 13) end
		at = at + len
	end
end

local mapping = mapping_of(m:acpi_table "IORT", NAMED_COMPONENT)
m:acpi_write("IORT", mapping + OUTPUT_REFERENCE, string.pack("<I4", 0))
kernel { { "6.12-acpi", "5.10-acpi", "7-acpi" }, cmdline = "iommu.strict=1" }

case("the kernel names the mapping that leads nowhere", function()
	expect.log "ID map has NULL parent reference"
end)

case("the device has no SMMU in front of it", function()
	local buf = m:device("dma0"):map("4K")
	expect.equal(buf.iova, buf.pa, "the DMA address")
	buf:free()
end)

case("the other device has", function()
	local dev = m:device "dma1"
	expect.abort(dev:read(0x5000, 8))
	expect.event { "F_TRANSLATION", sid = dev.sid, addr = 0x5000 }
end)
