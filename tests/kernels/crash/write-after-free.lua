-- SPDX-License-Identifier: MIT
-- A freed object is written to.
machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { "6.12" }

case("crash", function()
	k:call("crash.use_after_free", nil, 0)
	k:check_memory()
end)
case("later", function() k:call("crash.warn", nil, 1) end)
