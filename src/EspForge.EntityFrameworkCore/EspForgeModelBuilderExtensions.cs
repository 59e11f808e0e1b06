using EspForge.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Adds EspForge's tables to a host's own context.</summary>
public static class EspForgeModelBuilderExtensions
{
    /// <summary>
    /// Adds the tables (all named <c>espforge_…</c>) to the model. Call it in <c>OnModelCreating</c>. Times are stored as Unix milliseconds, so that every
    /// database orders them alike.
    /// </summary>
    public static ModelBuilder AddEspForge(this ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        DeviceModel.Configure(modelBuilder);
        AuditModel.Configure(modelBuilder);
        OtaModel.Configure(modelBuilder);
        IdempotencyModel.Configure(modelBuilder);
        BoardModel.Configure(modelBuilder);

        var time = new ValueConverter<DateTimeOffset, long>(t => t.ToUnixTimeMilliseconds(), ms => DateTimeOffset.FromUnixTimeMilliseconds(ms));
        foreach (var entity in modelBuilder.Model.GetEntityTypes().Where(e => e.ClrType.Assembly == typeof(EspForgeModelBuilderExtensions).Assembly))
        {
            foreach (var property in entity.GetProperties().Where(p => p.ClrType == typeof(DateTimeOffset) || p.ClrType == typeof(DateTimeOffset?)))
                property.SetValueConverter(time);
        }

        return modelBuilder;
    }
}
