-- SPDX-License-Identifier: MIT
-- Faults of the hardware, one by one, and what the driver makes of them.

local m = machine { cpus = 2, smmu = { ril = true } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"
local BEYOND = 0x5000 -- never mapped

-- Also empties the event queue: an MSI is sent when it becomes non-empty.
local function works()
	local buf = dev:map("4K")
	expect.ok(dev:write(buf.iova, "x"))
	buf:unmap()
	expect.abort(dev:write(buf.iova, "x"))
	expect.event { "F_TRANSLATION", sid = dev.sid, addr = buf.iova }
	wait "100us"
end

case("smmu.walk-abort: a table that cannot be read", function()
	local buf = dev:map("4K")
	m:fault "smmu.walk-abort"
	expect.abort(dev:write(buf.iova, "x"))
	expect.event { "F_WALK_EABT", sid = dev.sid, class = "TT", s2 = false, addr = buf.iova }
	expect.log "event 0x0b received:"
	expect.ok(dev:write(buf.iova, "x"))
	buf:free()
end)

case("smmu.event-write-abort: GERROR.EVENTQ_ABT_ERR", function()
	m:fault "smmu.event-write-abort"
	expect.abort(dev:write(BEYOND, "x"))
	expect.log "unexpected global error reported %(0x00000004%)"
	expect.log "EVTQ write aborted %-%- events may have been lost"
	expect.event { "F_TRANSLATION", addr = BEYOND, lost = true }
	works()
end)

case("smmu.msi-abort: GERROR.MSI_EVENTQ_ABT_ERR", function()
	m:fault "smmu.msi-abort"
	expect.abort(dev:write(BEYOND, "x"))
	expect.event { "F_TRANSLATION", addr = BEYOND }
	expect.log "unexpected global error reported %(0x00000020%)"
	expect.log "EVTQ MSI write aborted"
	works()
end)

-- The driver polls for the end of CMD_SYNC with interrupts off; only then does the
-- CPU hear of the error and have the command fetched again.
case("smmu.cmd-fetch-abort: CERROR_ABT", function()
	local buf = dev:map("4K")
	m:fault "smmu.cmd-fetch-abort"
	buf:unmap()
	expect.log "CMD_SYNC timeout at"
	expect.log "unexpected global error reported %(0x00000001%)"
	expect.log "Abort on command fetch"
	expect.log "retrying command fetch"
	works()
end)

case("smmu.tlbi-lost: the mapping is stale after the unmap", function()
	local buf = dev:map("4K")
	expect.ok(dev:write(buf.iova, "x"))
	m:fault "smmu.tlbi-lost"
	buf:unmap()
	expect.stale(dev:write(buf.iova, "y"))
	works() -- at the same IOVA: its invalidation ends the stale entry
end)

-- The driver has the SMMU write the end of CMD_SYNC into memory, and polls for that.
case("smmu.msi-abort: the end of a CMD_SYNC that is lost", function()
	local buf = dev:map("4K")
	m:fault "smmu.msi-abort"
	buf:unmap()
	expect.log "CMD_SYNC timeout at"
	expect.log "unexpected global error reported %(0x00000010%)"
	expect.log "CMDQ MSI write aborted"
	works()
end)

case("ram.read: an abort on the bus under a table walk", function()
	local buf = dev:map("4K")
	m:fault "ram.read"
	expect.abort(dev:write(buf.iova, "x"))
	expect.event { "F_WALK_EABT", sid = dev.sid, addr = buf.iova }
	expect.finding "bus error"
	buf:free()
end)

case("bus.access: an abort of the device's own access", function()
	local buf = dev:map("4K")
	expect.ok(dev:write(buf.iova, "x")) -- the TLB holds it now
	m:fault "bus.access"
	expect.abort(dev:write(buf.iova, "y"))
	expect.finding "bus error"
	expect.no_event()
	buf:free()
end)

case("dma.drop_irq: the device's driver waits in vain", function()
	local buf = dev:map("4K")
	m:fault "dma.drop_irq"
	local r = dev:driver_transfer { op = "fill", dst = buf.iova, len = 8, data = 1 }
	expect.equal(r.code, "ETIMEDOUT")
	buf:free()
end)
