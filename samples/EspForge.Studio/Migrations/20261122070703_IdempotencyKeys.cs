using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace EspForge.Studio.Migrations
{
    /// <inheritdoc />
    public partial class IdempotencyKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "espforge_idempotency",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Organization = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Actor = table.Column<string>(type: "TEXT", maxLength: 128, nullable: false),
                    Fingerprint = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    BegunAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Status = table.Column<int>(type: "INTEGER", nullable: true),
                    ContentType = table.Column<string>(type: "TEXT", maxLength: 128, nullable: true),
                    Location = table.Column<string>(type: "TEXT", maxLength: 512, nullable: true),
                    Body = table.Column<byte[]>(type: "BLOB", nullable: true),
                    BodyBytes = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_espforge_idempotency", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_espforge_idempotency_BegunAt",
                table: "espforge_idempotency",
                column: "BegunAt");

            migrationBuilder.CreateIndex(
                name: "IX_espforge_idempotency_Organization_Actor_BegunAt",
                table: "espforge_idempotency",
                columns: new[] { "Organization", "Actor", "BegunAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "espforge_idempotency");
        }
    }
}
