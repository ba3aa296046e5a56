-- SPDX-License-Identifier: MIT
-- Memory on both sides of 4 GiB: GFP_DMA32 lies below, and GFP_KERNEL is taken from above.
local m = machine { dts = "virt-pcie", cpus = 2, ram = "4G", smmu = { ssidsize = 8 } }
local k = kernel { { "6.12", "5.10", "7" } }

case("GFP_DMA32 is below 4 GiB, GFP_KERNEL above", function()
	local result, buf = k:call("services.zones", { buf = ("\0"):rep(16) })
	expect.equal(result, 0)
	local lowest, highest32 = ("<i8i8"):unpack(buf)
	if lowest < 1 << 32 then error(("GFP_KERNEL: page at %#x"):format(lowest), 0) end
	if highest32 >= 1 << 32 then error(("GFP_DMA32: page at %#x"):format(highest32), 0) end
	-- RAM begins at 1 GiB
	expect.equal(highest32 >= 1 << 30, true)
end)
