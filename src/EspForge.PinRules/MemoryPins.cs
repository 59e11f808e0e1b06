using System.Runtime.InteropServices;
using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>
/// Which pins the memory of this plan takes, as masks. Decided with the chip's variants, the module's name, PSRAM, flash mode and eFuses; a
/// board adds what it reserves itself. Reading allocates nothing.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct MemoryPins
{
    public ulong Flash;

    /// <summary>Lines of the flash that a package nobody has ruled out by name leaves free, whatever the other uses say.</summary>
    public ulong FreeElsewhere;

    /// <summary>A line of the flash on most packages, and the plan says too little to rule out one that leaves it free.</summary>
    public ulong FlashUnlessNamed;

    /// <summary>The supply of the flash until an eFuse is burnt, and the plan names no module: part of <see cref="FlashUnlessNamed"/>.</summary>
    public ulong VddSpiUnlessNamed;
    public ulong Psram;
    public ulong VddSpi;
    public ulong NotBonded;
    public ulong LowVoltage;

    /// <summary>Taken on some modules, and the plan does not say which module it is.</summary>
    public ulong PsramUnknown;

    /// <summary>The board's module has PSRAM there, but the plan says it has none.</summary>
    public ulong PsramDenied;

    /// <summary>Bonded out on some packages only, and the plan does not say which.</summary>
    public ulong NotBondedUnknown;

    public readonly ulong Taken => Flash | Psram | VddSpi | NotBonded;

    /// <param name="plan">The plan.</param>
    /// <param name="chip">Its chip.</param>
    /// <param name="board">Its board, if it names one.</param>
    /// <param name="used">The pins in use: a package that wires its flash to one of them is not this one.</param>
    public static MemoryPins Read(PinPlan plan, Chip chip, Board? board, ulong used = 0)
    {
        var pins = default(MemoryPins);
        var module = plan.Module ?? board?.Module;
        var psram = ReadPsram(plan, chip, board);
        var flashFreed = pins.AddFlash(plan, chip, module);
        for (var i = 0; i < chip.Flash.Variants.Count; i++)
        {
            var variant = chip.Flash.Variants[i];
            if (variant.Kind != ReservationKind.Flash)
                pins.Add(variant, plan, module, psram);
        }

        if (board is not null && plan.Module is null)
            pins.AddBoard(plan, board, flashFreed);
        else if (board is null)
            pins.FreeWhatAnotherPackageLeaves(plan, chip, used);
        pins.FlashUnlessNamed |= pins.VddSpiUnlessNamed;
        return pins;
    }

    /// <summary>Whether <see cref="Read"/> answers differently for different pins in use.</summary>
    public static bool DependsOnUses(PinPlan plan, Chip chip, Board? board)
    {
        if (board is not null)
            return false;
        for (var i = 0; i < chip.Flash.Variants.Count; i++)
        {
            if (MayBeAnother(chip.Flash.Variants[i], plan))
                return true;
        }

        return false;
    }

    // Of kind flash one variant counts: the first with a condition that holds, else the first without any.
    private bool AddFlash(PinPlan plan, Chip chip, string? module)
    {
        MemoryVariant? chosen = null;
        for (var i = 0; i < chip.Flash.Variants.Count; i++)
        {
            var variant = chip.Flash.Variants[i];
            if (variant.Kind != ReservationKind.Flash)
                continue;
            if (!IsConditional(variant))
            {
                chosen ??= variant;
            }
            else if (NamesModule(variant, module) && HasFlashMode(variant, plan.FlashMode))
            {
                chosen = variant;
                break;
            }
        }

        Flash = Mask(chosen?.Uses);
        return chosen is { FlashModes.Count: > 0 };
    }

    // Each package that the plan does not rule out, by a name or by using a pin its flash needs, may be the one.
    private void FreeWhatAnotherPackageLeaves(PinPlan plan, Chip chip, ulong used)
    {
        for (var i = 0; i < chip.Flash.Variants.Count; i++)
        {
            var variant = chip.Flash.Variants[i];
            if (!MayBeAnother(variant, plan))
                continue;
            var uses = Mask(variant.Uses);
            FreeElsewhere |= Flash & ~uses;
            if ((uses & used) == 0)
                FlashUnlessNamed |= Flash & ~uses;
        }

        Flash &= ~FlashUnlessNamed;
    }

    private static bool MayBeAnother(MemoryVariant variant, PinPlan plan) =>
        variant.Kind == ReservationKind.Flash && IsConditional(variant) && !(variant.Modules.Count > 0 && plan.Module is not null)
        && !(variant.FlashModes.Count > 0 && plan.FlashMode is not null) && !ModuleName.HasAny(plan.Module, variant.ExceptModules);

    private void Add(MemoryVariant variant, PinPlan plan, string? module, PsramMode? psram)
    {
        var mask = Mask(variant.Uses);
        if (variant.Kind == ReservationKind.VoltageDomain && plan.VddSpiMillivolts == 1800)
        {
            LowVoltage |= mask;
            return;
        }

        if (!NamesModule(variant, module) || variant.FreedByEfuse is { } efuse && Contains(plan.Efuses, efuse))
            return;
        if (variant.Psram.Count > 0)
        {
            if (psram is null)
            {
                if (variant.WhenUnknown is not null)
                    PsramUnknown |= mask;
                return;
            }

            if (!Contains(variant.Psram, psram.Value))
                return;
        }

        switch (variant.Kind)
        {
            case ReservationKind.Psram:
                Psram |= mask;
                break;
            case ReservationKind.VddSpi when module is null && variant.FreedByEfuse is not null:
                VddSpiUnlessNamed |= mask;
                break;
            case ReservationKind.VddSpi:
                VddSpi |= mask;
                break;
            case ReservationKind.NotBonded when module is null && variant.ExceptModules.Count > 0:
                NotBondedUnknown |= mask;
                break;
            case ReservationKind.NotBonded:
                NotBonded |= mask;
                break;
            case ReservationKind.VoltageDomain:
                LowVoltage |= mask;
                break;
        }
    }

    private void AddBoard(PinPlan plan, Board board, bool flashFreed)
    {
        for (var i = 0; i < board.ReservedGpios.Count; i++)
        {
            var reserved = board.ReservedGpios[i];
            var bit = 1UL << reserved.Gpio;
            switch (reserved.Kind)
            {
                case ReservationKind.Flash when !flashFreed:
                    Flash |= bit;
                    break;
                case ReservationKind.Psram when plan.Psram == PsramMode.None:
                    PsramDenied |= bit & ~Psram;
                    break;
                case ReservationKind.Psram:
                    Psram |= bit;
                    break;
                case ReservationKind.VddSpi when !IsFreed(plan, board.Chip, reserved.Gpio):
                    VddSpi |= bit;
                    break;
                case ReservationKind.NotBonded:
                    NotBonded |= bit;
                    break;
            }
        }
    }

    private static bool IsFreed(PinPlan plan, Chip chip, int gpio)
    {
        foreach (var variant in chip.Flash.Variants)
        {
            if (variant is { Kind: ReservationKind.VddSpi, FreedByEfuse: { } efuse } && (Mask(variant.Uses) >> gpio & 1) != 0 && Contains(plan.Efuses, efuse))
                return true;
        }

        return false;
    }

    // Null = nobody said. A module whose name says PSRAM has it, whatever the plan says: the die is wired to the pins.
    private static PsramMode? ReadPsram(PinPlan plan, Chip chip, Board? board)
    {
        var named = plan.Module is { } module ? ModuleName.PsramOf(module, chip) : null;
        if (plan.Psram is { } said && !(said == PsramMode.None && named is not (null or PsramMode.None)))
            return said;
        if (plan.Module is not null)
            return named;
        return board is null ? null : board.PsramMode ?? PsramMode.None;
    }

    private static bool IsConditional(MemoryVariant variant) => variant.Modules.Count > 0 || variant.FlashModes.Count > 0;

    private static bool NamesModule(MemoryVariant variant, string? module)
    {
        if (variant.Modules.Count > 0 && !ModuleName.HasAny(module, variant.Modules))
            return false;
        return !ModuleName.HasAny(module, variant.ExceptModules);
    }

    private static bool HasFlashMode(MemoryVariant variant, FlashMode? mode)
    {
        if (variant.FlashModes.Count == 0)
            return true;
        for (var i = 0; i < variant.FlashModes.Count; i++)
        {
            if (variant.FlashModes[i] == mode)
                return true;
        }

        return false;
    }

    private static bool Contains(IReadOnlyList<PsramMode> modes, PsramMode mode)
    {
        for (var i = 0; i < modes.Count; i++)
        {
            if (modes[i] == mode)
                return true;
        }

        return false;
    }

    private static bool Contains(IReadOnlyList<string> efuses, string efuse)
    {
        for (var i = 0; i < efuses.Count; i++)
        {
            if (string.Equals(efuses[i], efuse, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static ulong Mask(IReadOnlyList<int>? gpios)
    {
        var mask = 0UL;
        for (var i = 0; gpios is not null && i < gpios.Count; i++)
            mask |= 1UL << gpios[i];
        return mask;
    }
}
