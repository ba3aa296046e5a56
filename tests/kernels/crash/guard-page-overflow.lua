-- SPDX-License-Identifier: MIT
-- With guard pages, a write behind pages faults at that instruction.
machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { "6.12", guard = true }

case("crash", function()
	k:call("memory.keep_pages", nil, 1)
	k:call("memory.kept_write", nil, 8192)
end)
case("later", function() k:call("crash.warn", nil, 1) end)
