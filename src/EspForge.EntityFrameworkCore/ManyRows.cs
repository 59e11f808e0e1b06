using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace EspForge.EntityFrameworkCore;

/// <summary>
/// Inserts many rows by statements of many rows each, past the change tracker: a cohort is written while other writers wait. Names, types and conversions are the model's.
/// </summary>
internal static class ManyRows
{
    // SQLite takes 32,766 parameters, PostgreSQL 65,535; beyond a thousand nothing is gained.
    private const int ParametersPerStatement = 1_000;

    /// <summary>Inserts the rows in the transaction that is open.</summary>
    public static async Task InsertAsync<TRow>(DbContext db, IEnumerable<TRow> rows, CancellationToken cancel)
        where TRow : class
    {
        var transaction = db.Database.CurrentTransaction?.GetDbTransaction() ?? throw new InvalidOperationException("Rows are inserted inside `context.InTransactionAsync(...)`.");
        var entity = db.Model.FindEntityType(typeof(TRow)) ?? throw new InvalidOperationException($"{typeof(TRow).Name} is not in the model: call `modelBuilder.AddEspForge()`.");
        var table = StoreObjectIdentifier.Table(entity.GetTableName()!, entity.GetSchema());
        IProperty[] columns = [.. entity.GetProperties()];
        var sql = db.GetService<ISqlGenerationHelper>();
        var head = $"INSERT INTO {sql.DelimitIdentifier(table.Name, table.Schema)} ({string.Join(", ", columns.Select(column => sql.DelimitIdentifier(column.GetColumnName(table)!)))}) VALUES ";

        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = transaction;
        var statement = 0;
        foreach (var batch in rows.Chunk(ParametersPerStatement / columns.Length))
        {
            if (statement != batch.Length)
            {
                command.CommandText = head + Values(batch.Length, columns.Length);
                statement = batch.Length;
            }

            command.Parameters.Clear();
            foreach (var row in batch)
            {
                foreach (var column in columns)
                {
                    command.Parameters.Add(column.GetRelationalTypeMapping()
                        .CreateParameter(command, Name(command.Parameters.Count), column.PropertyInfo!.GetValue(row), column.IsNullable));
                }
            }

            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private static string Name(int parameter) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"@p{parameter}");

    private static string Values(int rows, int columns)
    {
        var text = new StringBuilder(rows * columns * 6);
        for (var row = 0; row < rows; row++)
        {
            text.Append(row == 0 ? "(" : ", (");
            for (var column = 0; column < columns; column++)
                text.Append(column == 0 ? "" : ", ").Append(Name((row * columns) + column));
            text.Append(')');
        }

        return text.ToString();
    }
}
