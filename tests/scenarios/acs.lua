-- SPDX-License-Identifier: MIT
-- Access Control Services and IOMMU groups. On 6.12 with a devicetree the kernel turns
-- ACS on only by its command line (ports.lua shows it without). 5.10 has no such option.

local m = machine { dts = "virt-pcie-tree", cpus = 2, smmu = { sidsize = 16 } }
local ports = { "0000:00:02.0", "0000:00:04.0", "0000:00:05.0", "0000:07:00.0", "0000:07:01.0" }
local k = kernel { { "6.12", "7" }, cmdline = "iommu.strict=1 pci=config_acs=0011101@" .. table.concat(ports, ";0011101@") }

local function group(bdf) return (k:sysfs_link("/bus/pci/devices/" .. bdf .. "/iommu_group")) end

-- How many devices are in the group of `bdf`, of all functions of this machine.
local ALL = { "0000:00:01.0", "0000:00:02.0", "0000:00:03.0", "0000:00:04.0", "0000:00:05.0", "0000:01:00.0",
	"0000:02:00.0", "0000:03:00.0", "0000:03:01.0", "0000:04:00.0", "0000:05:00.0", "0000:06:00.0", "0000:07:00.0",
	"0000:07:01.0", "0000:08:00.0", "0000:09:00.0", "0000:0a:00.0", "0000:0a:00.1" }

local function members(bdf)
	local mine = group(bdf)
	local list = {}
	for _, other in ipairs(ALL) do
		if group(other) == mine then list[#list + 1] = other end
	end
	return table.concat(list, " ")
end

case("with ACS on the whole way each device is alone", function()
	for _, bdf in ipairs { "0000:00:01.0", "0000:01:00.0", "0000:08:00.0", "0000:09:00.0", "0000:00:02.0" } do
		expect.equal(members(bdf), bdf)
	end
end)

case("without it all that is behind the root port is together", function()
	expect.equal(members "0000:05:00.0",
		"0000:00:03.0 0000:02:00.0 0000:03:00.0 0000:03:01.0 0000:04:00.0 0000:05:00.0")
end)

case("so are the functions of a device without it", function()
	expect.equal(members "0000:0a:00.1", "0000:0a:00.0 0000:0a:00.1")
end)

case("PASID is enabled where no other device can answer for it", function()
	for name, on in pairs { dma1 = 1, dma2 = 1, dma5 = 1, dma6 = 1, dma3 = 0, dma4 = 0, dma7 = 0, dma8 = 0 } do
		local dev = m:device(name)
		expect.equal(dev:config(dev:ext_capability(0x1b) + 6, 2) & 1, on, name)
	end
end)

case("ATS is enabled on the device that has it", function()
	local dev = m:device "dma2"
	expect.equal(dev:config(dev:ext_capability(0x0f) + 6, 2) & 0x8000, 0x8000)
	local buf = dev:map("8K")
	expect.ok(dev:fill(buf.iova, "8K", 4))
	buf:unmap()
	expect.abort(dev:write(buf.iova, "x"))
	expect.event { "F_TRANSLATION", sid = dev.sid, addr = buf.iova }
	buf:free()
end)

case("virtual functions behind a port with ACS have a group each", function()
	local path = "/bus/pci/devices/0000:01:00.0"
	expect.equal(k:sysfs_write(path .. "/sriov_numvfs", "2"), 1)
	local groups = { group "0000:01:00.0", group "0000:01:00.1", group "0000:01:00.2" }
	expect.equal(groups[1] ~= groups[2] and groups[2] ~= groups[3] and groups[1] ~= groups[3], true)
	local vf = m:device "dma2vf0"
	expect.equal(vf:config(vf:ext_capability(0x0f) + 6, 2) & 0x8000, 0x8000, "ATS of the VF")
	expect.equal(k:sysfs_write(path .. "/sriov_numvfs", "0"), 1)
end)
