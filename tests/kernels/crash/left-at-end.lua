-- SPDX-License-Identifier: MIT
-- What is left at the end, without leak_check: no fault, and told.
machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { "6.12" }

case("an object", function() k:call("memory.leak", nil, 0) end)
case("pages", function()
	for _ = 1, 2 do k:call("memory.leak", nil, 1) end
end)
