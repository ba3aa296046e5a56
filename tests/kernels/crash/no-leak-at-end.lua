-- SPDX-License-Identifier: MIT
-- Everything is given back. The IOVA allocator keeps a few objects for the next time.
local m = machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { "6.12" }
local dev = m:device "dma1"

local function come_and_go()
	dev:unbind()
	dev:bind()
	local buf = dev:alloc "64K"
	expect.ok(dev:write(buf.iova, "there"))
	buf:free()
	dev:map("16K"):free()
end

case("once", come_and_go)
k:leak_check()
case("again", come_and_go)
