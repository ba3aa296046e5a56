-- SPDX-License-Identifier: MIT
-- The nested set-up series of 2020 (docs/tutorial-2020.md): a device whose StreamID
-- stands twice in the devicetree. The driver of 5.10 allows for that ("bridged PCI
-- devices may end up with duplicated IDs"); the series keeps StreamIDs in a tree.

local m = machine { dts = "equal-streams", cpus = 2, smmu = { ssidsize = 8 } }
local k = kernel { { "5.10-nested-2020", "5.10" }, cmdline = "iommu.strict=1" }
local dev = m:device "twice"
local series = k.name == "5.10-nested-2020"

case("a device with a StreamID twice works", {
	xfail = series and "its second StreamID is refused as taken by its first: the device is left without an IOMMU, and its entry aborts",
	shows = "STE with Config = 0x5\ncame: STE V=1 Config=abort" }, function()
	expect.ste(m:ste(dev.sid), { Config = 5 })
	local buf = dev:alloc "4K"
	expect.ok(dev:driver_transfer { op = "fill", dst = buf.iova, len = 4096, data = 1 })
	buf:free()
end)

case("an event of it is told", {
	xfail = series and "the first StreamID stays in the tree when the second is refused, and leads an event to memory that is freed",
	shows = "general protection fault.*arm_smmu_report_event" }, function()
	m:fault "smmu.ste-fetch-abort" -- an aborting entry says nothing by itself; one that is cached is not fetched
	expect.abort(dev:read(0x1000, 8))
	expect.event { sid = dev.sid }
	expect.log "event 0x%x%x received:"
end)
