-- SPDX-License-Identifier: MIT
-- A command queue that is too small for one batch: the driver says so and gives up;
-- its devices are not bound.

local m = machine { cpus = 1, smmu = { cmdqs = 6 } }
local k = kernel { "6.12" }

case("the driver refuses the SMMU", function()
	expect.log "command queue size <= 64 entries not supported"
	local buf = m:device("dma0").kernel_name .. "\0"
	expect.error(k:call("dma.find", { buf = buf }), "ENODEV")
end)
