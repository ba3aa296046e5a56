-- SPDX-License-Identifier: MIT
-- The nested set-up series of 2020 (docs/tutorial-2020.md) on an SMMU with stage 2
-- alone: no domain for nesting, and everything else as ever.

local m = machine { dts = "virt-several", cpus = 2, smmu = { ssidsize = 0, stage = 2 } }
local k = kernel { { "5.10-nested-2020" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

local function works()
	local buf = dev:alloc "4K"
	expect.ok(dev:driver_transfer { op = "fill", dst = buf.iova, len = 4096, data = 1 })
	expect.ok(dev:check(buf.iova, 4096, 1))
	buf:free()
end

case("the driver's own domain works", works)

case("a domain for nesting is refused, and it is said why", function()
	local name = { buf = dev.kernel_name .. "\0" }
	k:call("nested.unbind_driver", name)
	local handle = k:call("nested.create", name)
	expect.error(k:call("nested.attach", name, handle), "EINVAL")
	expect.log "does not implement two stages"
	expect.error(k:call("nested.bind_msi", nil, handle, 0xfee00000, 0x8001000, 4096), "EINVAL")
	expect.equal(k:call("nested.destroy", nil, handle), 0)
end)
