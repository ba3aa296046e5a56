-- SPDX-License-Identifier: MIT
-- With guard pages everything works as without, DMA to kmalloc()ed memory as well.
local m = machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { { "6.12", "5.10", "7" }, guard = true, cmdline = "iommu.strict=1" }
local dev = m:device "dma1"

case("an object ends where its last page does", function()
	for size = 1, 8192, 97 do
		k:call("memory.keep", nil, size)
		k:call("memory.kept_write", nil, size - 1)
		expect.equal(k:call("memory.kept_read", nil, size - 1), 0x5c)
		k:call "memory.kept_free"
	end
end)

case("what is between the object's end and its page's is a redzone", function()
	k:call("memory.keep", nil, 50)
	k:call("memory.kept_write", nil, 52)
	k:call "memory.kept_free"
	expect.finding "overflow"
end)

case("pages in front of guard pages come and go in any order, and in parts", function()
	for round = 1, 50 do
		for order = 0, 4 do
			k:call("memory.keep_pages", nil, order)
			k:call("memory.kept_write", nil, (4096 << order) - 1)
			expect.equal(k:call("memory.kept_read", nil, (4096 << order) - 1), 0x5c)
			k:call("memory.kept_pages_free", nil, order)
		end
		k:call("memory.keep", nil, 9000)
		k:call("memory.kept_write", nil, 8999)
		k:call "memory.kept_free"
	end
	expect.equal(k:call("memory.parts", nil, 3), 0)
	k:check_memory()
end)

case("the device reaches what the driver has mapped", function()
	local buf = dev:map "4K"
	expect.ok(dev:write(buf.iova, "guarded"))
	expect.equal(buf:read(0, 7), "guarded")
	buf:free()
end)

case("binding and unbinding leaves nothing behind", function()
	expect.no_leak(function()
		dev:unbind()
		dev:bind()
	end, 10)
end)
