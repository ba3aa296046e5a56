-- SPDX-License-Identifier: MIT
-- Two CPUs map, use and unmap buffers for the same device at once; the seed decides
-- what each does and when.

local m = machine { cpus = 2, smmu = { ril = true } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

case("no live mappings overlap, and what was unmapped aborts", function()
	local before = m:stats()
	local n, out = k:call("dma.race", { buf = ("\0"):rep(512) }, dev:number(), 40, 2, random(1 << 32))
	if n <= 0 then error(("dma.race: %d, %s"):format(n, expect.report "dma.race")) end
	for i = 1, n do
		local iova = ("<I8"):unpack(out, 8 * i - 7)
		expect.abort(dev:read(iova, 8))
		expect.event { "F_TRANSLATION", sid = dev.sid, addr = iova }
	end
	local after = m:stats()
	expect.equal(after["smmu.events"] - before["smmu.events"], n, "one event for each abort, and no other")
	expect.equal(after["smmu.events.lost"], before["smmu.events.lost"], "events lost")
	expect.equal(after["smmu.commands"] - before["smmu.commands"] > 2 * 40, true, "an invalidation for each unmapping")
	expect.equal(after["dma0.refused"] - before["dma0.refused"], n, "accesses refused")
end)
