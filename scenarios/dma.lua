-- SPDX-License-Identifier: MIT
-- DMA through the domain that the kernel made for each device by itself: data
-- arrives, unmapped addresses fault, and the driver reports the fault.

local m = machine { dts = "virt-pcie", cpus = 2, ram = "256M", smmu = { ssidsize = 8, ril = true } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }

for _, name in ipairs { "dma0", "dma1" } do
	local dev = m:device(name)

	case(name .. ": data written by the device is read by the CPU", function()
		local buf = dev:map("16K", "from_device")
		expect.ok(dev:write(buf.iova + 100, "written by the device"))
		expect.equal(buf:read(100, 21), "written by the device")
		buf:free()
	end)

	case(name .. ": data written by the CPU is read by the device", function()
		local buf = dev:map("8K", "to_device")
		buf:write(4090, "across a page")
		expect.data(dev:read(buf.iova + 4090, 13), "across a page")
		buf:free()
	end)

	case(name .. ": a pattern of 64 KiB survives a copy by the driver's ring", function()
		local from, to = dev:map("64K"), dev:map("64K")
		expect.ok(dev:driver_transfer { op = "fill", dst = from.iova, len = 65536, data = 42 })
		expect.ok(dev:driver_transfer { op = "copy", src = from.iova, dst = to.iova, len = 65536 })
		expect.ok(dev:driver_transfer { op = "check", src = to.iova, len = 65536, data = 42 })
		from:free()
		to:free()
	end)

	case(name .. ": an address that was never mapped faults", function()
		expect.abort(dev:read(0x123456789000, 64))
		expect.event { "F_TRANSLATION", sid = dev.sid, s2 = false, class = "IN", rnw = true, addr = 0x123456789000 }
		expect.log "event 0x10 received:"
	end)

	case(name .. ": a write to a buffer that is mapped for reading is refused", function()
		local buf = dev:map("4K", "to_device")
		expect.abort(dev:write(buf.iova, "no"))
		expect.event { "F_PERMISSION", sid = dev.sid, rnw = false, addr = buf.iova }
		buf:free()
	end)

	case(name .. ": after dma_unmap_single the device no longer reaches the page", function()
		local buf = dev:map("4K")
		expect.ok(dev:write(buf.iova, "mapped"))
		buf:unmap()
		expect.abort(dev:write(buf.iova, "unmapped"))
		expect.event { "F_TRANSLATION", sid = dev.sid, rnw = false, addr = buf.iova }
		buf:free()
	end)

	case(name .. ": the driver can leave the device and take it again", function()
		dev:unbind()
		dev:bind()
		local buf = dev:alloc("4K")
		expect.ok(dev:driver_transfer { op = "fill", dst = buf.iova, len = 4096, data = 7 })
		expect.ok(dev:check(buf.iova, 4096, 7))
		buf:free()
	end)
end
