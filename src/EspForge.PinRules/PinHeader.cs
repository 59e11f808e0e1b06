using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>Writes a plan as a C header. The same plan gives the same bytes: no date, no machine, no order of uses shows. <see cref="PinCode"/> has the other formats.</summary>
public static class PinHeader
{
    /// <summary>
    /// The header: an include guard and one <c>#define PIN_FUNCTION_SIGNAL gpio</c> per use, ordered by GPIO and name. Names keep letters and digits;
    /// a name that is taken gets <c>_2</c>, <c>_3</c> …
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="catalog">Where the board's labels are from; the default is <see cref="BoardCatalog.Default"/>.</param>
    public static string Generate(PinPlan plan, BoardCatalog? catalog = null) => PinCode.Generate(plan, "c-header", catalog: catalog).Value.Text;
}
