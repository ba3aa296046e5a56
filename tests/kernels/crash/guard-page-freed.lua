-- SPDX-License-Identifier: MIT
-- With guard pages, a read of pages that are free faults at that instruction.
machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { "6.12", guard = true }

case("crash", function()
	k:call("memory.keep_pages", nil, 1)
	k:call("memory.kept_pages_free", nil, 1)
	k:call("memory.kept_read", nil, 4096)
end)
case("later", function() k:call("crash.warn", nil, 1) end)
