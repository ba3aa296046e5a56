-- SPDX-License-Identifier: MIT
-- A search that takes longer than the world will last, in one call of a library.
machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
kernel { "6.12" }

case("crash", function() return ("a"):rep(400):find((".-"):rep(30) .. "b") end)
