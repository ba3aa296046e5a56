-- SPDX-License-Identifier: MIT
-- The scenario itself never ends.
machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
kernel { "6.12" }

case("crash", function() while true do end end)
