using Microsoft.EntityFrameworkCore;

namespace EspForge.EntityFrameworkCore;

/// <summary>The tables of images, releases and rollouts.</summary>
internal static partial class OtaModel
{
    public static void Configure(ModelBuilder model) => ArgumentNullException.ThrowIfNull(model);
}
