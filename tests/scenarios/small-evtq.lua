-- SPDX-License-Identifier: MIT
-- An event queue of 4 records: what comes while it is full is lost, and the driver
-- says so once it has read the rest.

local m = machine { cpus = 2, smmu = { eventqs = 2 } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

case("a burst of faults overflows the event queue", function()
	expect.log "allocated 4 entries for evtq"
	for i = 1, 40 do expect.abort(dev:write(0x5000 + i * 0x1000, "x")) end
	expect.log "EVTQ overflow detected %-%- events lost"
	local s = m:stats()
	expect.equal(s["smmu.events.lost"] > 0, true, "events were lost")
	expect.equal(s["smmu.events"] + s["smmu.events.lost"], 40, "events, written and lost")
	for i = 1, s["smmu.events.lost"] do expect.event { "F_TRANSLATION", lost = true } end
	for i = 1, s["smmu.events"] do expect.event { "F_TRANSLATION", lost = false } end
end)

case("the queue works again afterwards", function()
	expect.abort(dev:read(0x5000, 8))
	expect.event { "F_TRANSLATION", addr = 0x5000, lost = false }
	wait "1ms"
	expect.abort(dev:read(0x6000, 8))
	expect.event { "F_TRANSLATION", addr = 0x6000, lost = false }
	local lost = m:stats()["smmu.events.lost"]
	wait "1ms"
	expect.equal(m:stats()["smmu.events.lost"], lost, "events lost since")
end)
