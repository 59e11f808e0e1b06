namespace EspForge.PinRules;

/// <summary>One line to place.</summary>
internal sealed class PinLine
{
    /// <summary>What it is called in sentences.</summary>
    public required string Name { get; init; }

    /// <summary>What it is in the plan. Several where several parts hang on one pin. An empty function is the variant's.</summary>
    public required IReadOnlyList<PinUse> Uses { get; init; }

    /// <summary>The index of its need in the request; -1 = a use of the plan.</summary>
    public int Need { get; init; } = -1;

    /// <summary>Which of the need's count it belongs to, from 0.</summary>
    public int Item { get; init; }

    /// <summary>The wake sources it serves.</summary>
    public IReadOnlyList<string> Wake { get; init; } = [];

    public bool Interrupt { get; init; }

    /// <summary>The pins that its kind and the request leave it, bit = GPIO.</summary>
    public ulong Allowed { get; init; } = ulong.MaxValue;

    /// <summary>Where it is and may be moved away from at a price; -1 = nowhere.</summary>
    public int Locked { get; init; } = -1;

    /// <summary>Where it is for good; -1 = nowhere.</summary>
    public int Soldered { get; init; } = -1;

    /// <summary>Where it was, at no price; -1 = nowhere.</summary>
    public int Before { get; init; } = -1;

    /// <summary>The uses under the function of a variant.</summary>
    public IReadOnlyList<PinUse> Named(string? function) =>
        function is null || Uses is not [{ Function.Length: 0 }] ? Uses : [Uses[0] with { Function = function }];
}

/// <summary>One way to build a block: which controller, through the matrix or direct.</summary>
internal sealed class PinVariant
{
    /// <summary>The number of the controller; -1 = none.</summary>
    public int Instance { get; init; } = -1;

    /// <summary>The function of the lines that have none of their own.</summary>
    public string? Function { get; init; }

    /// <summary>Whether clock and data are on the controller's own pins.</summary>
    public bool Direct { get; init; }

    /// <summary>The pins of each line; null = any.</summary>
    public ulong[]? Masks { get; init; }

    /// <summary>What each line costs at <see cref="PinCost.Matrix"/>; null = nothing.</summary>
    public int[]? Matrix { get; init; }
}

/// <summary>Lines that belong together: one peripheral, one part, one use of the plan.</summary>
internal sealed class PinBlock
{
    public required string Name { get; init; }

    public required string Kind { get; init; }

    public required IReadOnlyList<PinLine> Lines { get; init; }

    public required IReadOnlyList<PinVariant> Variants { get; init; }

    /// <summary>Blocks of one group take different controllers; null = it takes none.</summary>
    public string? Group { get; init; }

    /// <summary>Blocks of one pool take channels that are all alike; null = it takes none.</summary>
    public PinPool? Pool { get; init; }

    public int NearGpio { get; init; } = -1;

    public string? NearHeader { get; init; }
}

/// <summary>Channels that are all alike, such as those of LED PWM.</summary>
/// <param name="Stem">The function without its number.</param>
/// <param name="Words">What they are called.</param>
/// <param name="Total">How many the chip has.</param>
/// <param name="Numbers">The free ones, ascending.</param>
internal sealed record PinPool(string Stem, string Words, int Total, IReadOnlyList<int> Numbers);
